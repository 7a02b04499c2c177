"""Who acts: people, agencies, memberships, permissions, and how people sign in."""
