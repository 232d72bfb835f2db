"""What the app on the volunteers' phones talks to, in JSON: docs/phone-sync.md is the contract."""
