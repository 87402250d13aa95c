"""Ways to reach residents. One file is one channel; it translates between the channel's words and ours and stores nothing."""
