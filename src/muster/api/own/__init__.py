"""Operations that only Muster has, under `/muster`: why, since when, and what would be."""
