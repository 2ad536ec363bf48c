"""Mail: rendered when it leaves, sent by SMTP, readable in the demo without it."""
