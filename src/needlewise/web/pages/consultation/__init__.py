"""The consultation: answers in; a screened, sourced, dated plan out. Nothing is stored."""
