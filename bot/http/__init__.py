"""HTTP pieces that the residents' and the staff's side share: event streams, error bodies, rate limits."""
