ALTER TABLE rooms ADD COLUMN retention_days BIGINT;
