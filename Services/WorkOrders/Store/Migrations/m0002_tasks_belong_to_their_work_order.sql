-- A task's id is made on a device and may name any other task there is: it is one within its work order only.
ALTER TABLE work_order_tasks DROP CONSTRAINT work_order_tasks_pkey, ADD PRIMARY KEY (work_order_id, id);
