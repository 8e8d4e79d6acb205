"""The nouns: landmark schemes, landmarks, faces and the text of their templates."""
