"""The quiet signal of searches without a good answer: taken in, closed month by month, shown to planners."""
