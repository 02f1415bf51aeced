"""Operations that bring files in."""
