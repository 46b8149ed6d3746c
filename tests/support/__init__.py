"""Small clients of the protocols that mail users speak, and the outside view of the lab."""
