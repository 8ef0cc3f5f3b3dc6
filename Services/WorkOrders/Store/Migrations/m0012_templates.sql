-- Templates of work orders. What is in one is in its versions, which never change.
CREATE TABLE work_templates (
    id          uuid PRIMARY KEY,
    tenant_id   uuid NOT NULL,
    -- NULL: of all sites.
    site_id     uuid,
    version     bigint NOT NULL CHECK (version > 0),
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    name_key    text NOT NULL GENERATED ALWAYS AS (lower(name)) STORED,
    is_archived boolean NOT NULL DEFAULT false,
    created_at  timestamptz NOT NULL,
    created_by  uuid NOT NULL
);
CREATE UNIQUE INDEX work_templates_name ON work_templates (tenant_id, name_key) WHERE NOT is_archived;
CREATE INDEX work_templates_by_name ON work_templates (tenant_id, is_archived, name_key, id);

CREATE TABLE work_template_versions (
    template_id       uuid NOT NULL REFERENCES work_templates (id),
    version           bigint NOT NULL CHECK (version > 0),
    tenant_id         uuid NOT NULL,
    name              text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    description       text,
    type              text NOT NULL,
    priority          text NOT NULL,
    required_skills   text[] NOT NULL,
    estimated_minutes integer CHECK (estimated_minutes > 0),
    tasks             jsonb NOT NULL,
    task_count        integer NOT NULL,
    updated_at        timestamptz NOT NULL,
    updated_by        uuid NOT NULL,
    PRIMARY KEY (template_id, version)
);
SELECT fence('work_templates');
SELECT fence('work_template_versions');

-- Whether there is a site: one is known by its assets.
CREATE INDEX assets_by_site ON assets (tenant_id, site_id);
