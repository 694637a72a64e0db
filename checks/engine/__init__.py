"""The search: breadth first, on native code, over packed states."""
