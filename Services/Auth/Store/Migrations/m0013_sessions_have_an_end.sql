-- How long a session of somebody with this role lasts from the login on, however often it is refreshed. NULL: as long as any.
ALTER TABLE roles ADD COLUMN session_hours integer CHECK (session_hours BETWEEN 1 AND 168);
