"""Can the version that runs live with the migrations of the next one? ADR 23."""
