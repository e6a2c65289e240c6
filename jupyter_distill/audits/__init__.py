"""One file per question asked of a distillation; every answer is data."""
