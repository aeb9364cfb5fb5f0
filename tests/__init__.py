"""What the portal promises, told as the journeys of the people who use it."""
