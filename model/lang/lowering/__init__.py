"""From Python syntax trees to the intermediate representation, in layers: each module adds one kind of construct."""
