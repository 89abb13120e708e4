"""What things mean: requests, scores, measurements, objectives, prices, alerts. Values and arithmetic, no I/O."""
