-- Pages of these origins may use the API with a token.
ALTER TABLE tenants ADD COLUMN allowed_origins text[] NOT NULL DEFAULT '{}' CHECK (cardinality(allowed_origins) <= 20);
