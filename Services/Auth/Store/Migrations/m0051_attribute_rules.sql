-- Rules of a tenant that look at the person, the time and the work. NULL: switched off, as they were.
ALTER TABLE tenants
    ADD COLUMN contractors_from     integer CHECK (contractors_from BETWEEN 0 AND 1439),
    ADD COLUMN contractors_until    integer CHECK (contractors_until BETWEEN 0 AND 1439),
    ADD COLUMN start_window_minutes integer CHECK (start_window_minutes > 0),
    ADD CONSTRAINT tenants_contractor_hours CHECK ((contractors_from IS NULL) = (contractors_until IS NULL));

ALTER TABLE users ADD COLUMN employment text NOT NULL DEFAULT 'employee'
    CHECK (employment IN ('employee', 'contractor', 'auditor'));
