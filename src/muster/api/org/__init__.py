"""Operations within one organization."""
