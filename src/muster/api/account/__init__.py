"""Operations over the whole installation: for those who may see all organizations."""
