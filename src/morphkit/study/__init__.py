"""Papers: recipes, manifests, sources and their rights; text and values, no pixels."""
