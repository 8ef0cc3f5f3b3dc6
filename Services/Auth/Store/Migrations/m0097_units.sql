-- The units that a person reads measured values in; without a choice, those of the sensors.
ALTER TABLE users ADD COLUMN units text CHECK (units IN ('metric', 'us'));
