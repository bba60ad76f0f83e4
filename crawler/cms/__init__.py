"""What sites of one publishing system share: written once, declared by each of them."""
