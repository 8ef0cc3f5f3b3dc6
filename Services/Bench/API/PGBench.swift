import Foundation
import LocalFleet
import LocalServers
import Postgres

/// pgbench with our own statements: what PostgreSQL alone does on this machine.
struct PGBench: Sendable {
    let site: APISite
    let folder: URL

    /// Transactions per second of a script, over prepared statements.
    func run(_ script: String, connections: Int, seconds: Int) async throws -> Double {
        let file = folder.appending(path: "statements-\(UUID().uuidString).sql")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(script.utf8).write(to: file)
        return try await run(["-n", "-M", "prepared", "-f", file.path], "work_orders", connections, seconds)
    }

    /// pgbench's own `simple-update`: a transaction of one UPDATE, one SELECT and one INSERT.
    func simpleUpdate(connections: Int, seconds: Int) async throws -> Double {
        try await run(["-n", "-M", "prepared", "-N"], "pgbench", connections, seconds)
    }

    /// Makes the tables of `simple-update`: a million accounts.
    func prepare() async throws {
        let url = try site.stack.databaseURL("postgres", role: "dcmms")
        try await Tool.run(["psql", "-q", "-c", "CREATE DATABASE pgbench", url])
        try await Tool.run([
            "pgbench", "-q", "-i", "-s", "10", try site.stack.databaseURL("pgbench", role: "dcmms"),
        ])
    }

    private func run(_ options: [String], _ database: String, _ connections: Int, _ seconds: Int) async throws -> Double
    {
        let role = database == "pgbench" ? "dcmms" : database
        let output = try await Tool.run(
            ["pgbench", "-c", "\(connections)", "-j", "1", "-T", "\(seconds)"] + options + [
                try site.stack.databaseURL(database, role: role)
            ]
        )
        let line = output.split(separator: "\n").last { $0.hasPrefix("tps = ") }
        guard let tps = line?.split(separator: " ").dropFirst(2).first.flatMap({ Double($0) }) else {
            throw Refusal("pgbench told no rate:\n\(output)")
        }
        return tps
    }

    // MARK: - Scripts

    private var enter: String {
        "SELECT set_config('dcmms.tenant', '\(site.tenant)', true), set_config('dcmms.every_tenant', '', true);"
    }

    private func id(_ kind: String, _ number: String) -> String {
        """
        (lpad(to_hex((\(LargeSeed.start) + :\(number)::bigint * \(LargeSeed.secondsApart)) * 1000), 12, '0') || '\(kind)8000' || \
        lpad(to_hex(:\(number)::bigint), 12, '0'))::uuid
        """
    }

    var oneOrder: String {
        """
        \\set n random(1, \(site.orders))
        \\startpipeline
        \(enter)
        SELECT * FROM work_orders WHERE id = \(id("7000", "n")) AND tenant_id = '\(site.tenant)';
        SELECT * FROM work_order_tasks WHERE work_order_id = \(id("7000", "n")) AND tenant_id = '\(site.tenant)' ORDER BY position;
        \\endpipeline
        """
    }

    var list: String {
        """
        \\startpipeline
        \(enter)
        SELECT * FROM work_orders WHERE tenant_id = '\(site.tenant)' ORDER BY created_at DESC, id DESC LIMIT 26;
        \\endpipeline
        \\startpipeline
        \(enter)
        SELECT * FROM work_order_tasks WHERE work_order_id = ANY (ARRAY(
            SELECT id FROM work_orders WHERE tenant_id = '\(site.tenant)' ORDER BY created_at DESC, id DESC LIMIT 25
        )) AND tenant_id = '\(site.tenant)' ORDER BY work_order_id, position;
        \\endpipeline
        """
    }

    /// The rows that creating a work order writes, in as few round trips as possible.
    var create: String {
        let outbox = """
            INSERT INTO outbox (topic, key, value, headers) VALUES ('pgbench', '\\x00', decode(repeat('00', 600), 'hex'),
                '{"ce_id": "00000000-0000-7000-8000-000000000000", "ce_type": "pgbench", "ce_time": "2025-01-01T00:00:00Z"}');
            """
        return """
            \\set n random(1, \(LargeSeed.assets))
            \\startpipeline
            BEGIN;
            \(enter)
            INSERT INTO answers (tenant_id, user_id, key, fingerprint, created_at, status, headers, body)
                VALUES ('\(site.tenant)', gen_random_uuid(), gen_random_uuid()::text, decode(repeat('00', 32), 'hex'), now(),
                    201, '{"ETag": "1"}', decode(repeat('00', 900), 'hex'));
            SELECT * FROM assets WHERE id = \(id("7002", "n")) AND tenant_id = '\(site.tenant)' FOR KEY SHARE;
            \\endpipeline
            \\startpipeline
            INSERT INTO work_order_numbers (tenant_id, year, last) VALUES ('\(site.tenant)', 2000, 1)
                ON CONFLICT (tenant_id, year) DO UPDATE SET last = work_order_numbers.last + 1 RETURNING last;
            \\endpipeline
            \\startpipeline
            INSERT INTO work_orders (id, tenant_id, number, title, type, priority, status, site_id, asset_id, origin, created_at,
                updated_at, version)
                VALUES (gen_random_uuid(), '\(site.tenant)', gen_random_uuid()::text, 'Check', 'corrective', 'high', 'draft',
                    \(id("7001", "n")), \(id("7002", "n")), 'person', now(), now(), 1);
            \(outbox)
            \(outbox)
            \(outbox)
            COMMIT;
            \\endpipeline
            """
    }

    /// Removes what ``create`` has written.
    func clean() async throws {
        try await site.stack.owner("work_orders") { database in
            try await database.execute("DELETE FROM outbox WHERE topic = 'pgbench'")
        }
    }
}
