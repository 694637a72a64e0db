"""Results in the forms in which services that run checks show them: JUnit XML, GitHub, SARIF. A module each."""
