"""The ground floor's resources."""
