"""The staff API: sign-in, cases, alerts. Knows neither channels nor dialogue; the gateway delivers what it records."""
