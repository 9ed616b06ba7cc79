"""Does it last, and how much does it bear: a connector that trades steadily, and one with more and more to do."""
