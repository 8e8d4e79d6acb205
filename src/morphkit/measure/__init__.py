"""From pictures to numbers: what can be measured on a photo or a set; pure, no disk."""
