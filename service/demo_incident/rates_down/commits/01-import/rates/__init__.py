"""Exchange rates for the price pages."""
