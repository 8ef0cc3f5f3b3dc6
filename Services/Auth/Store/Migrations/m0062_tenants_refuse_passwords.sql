-- Whether the API's login accepts passwords of the tenant's people. Its page in the browser always does, unless they log in elsewhere.
ALTER TABLE tenants ADD COLUMN accepts_passwords boolean NOT NULL DEFAULT true;
