import Foundation
import LocalFleet
import LocalServers

/// The measurements in closed loops: a few connections, each of which always has one request under way.
///
/// In each round everything is measured once, one thing after the other, so that what is compared has the same minute.
struct APIRounds: Sendable {
    let site: APISite
    let peers: APIPeers
    let seconds: Int
    let rounds: Int
    let only: String?

    private struct Case: Sendable {
        let name: String
        let requests: Requests
        var daemon = "work-orders"
        /// Whether FastAPI has the route.
        var hasPeer = false
        /// What PostgreSQL does for it.
        var script: String?
        var connections = [8, 64]
    }

    private var wrk: Wrk { Wrk(folder: peers.folder, token: site.token) }
    private var pgbench: PGBench { PGBench(site: site, folder: peers.folder) }

    // MARK: - The daemons

    func closedLoops() async throws {
        let cases = try await cases().filter { only.map($0.name.contains) ?? true }
        guard !cases.isEmpty else { return }
        if cases.contains(where: { $0.script == pgbench.create }) { try await pgbench.prepare() }
        let table = LoopTable()
        for round in 1...rounds {
            for each in cases {
                for connections in each.connections {
                    say("  round \(round): \(each.name), \(connections) connections")
                    try await measure(each, connections, into: table)
                }
            }
        }
        say("\n### Closed loops\n\n\(table.markdown)")
    }

    private func measure(_ each: Case, _ connections: Int, into table: LoopTable) async throws {
        func add(_ what: String, _ run: () async throws -> Wrk.Result, of processes: [String: Int32]) async throws {
            let before = processes.mapValues { ProcessUsage.of($0).cpu }
            let result = try await run()
            let cpu = processes.map { name, pid in
                (
                    name,
                    (ProcessUsage.of(pid).cpu - (before[name] ?? .zero)) / (.microseconds(1) * max(1, result.requests))
                )
            }
            table.add(each.name, connections, what, result, Dictionary(cpu) { $1 })
        }
        let postgres = pid("postgres")
        try await add(
            "dCMMS",
            {
                try await wrk.run(each.requests, at: base(each.daemon), connections: connections, seconds: seconds)
            },
            of: ["process": pid(each.daemon), "postgres": postgres]
        )
        if each.hasPeer, let peer = peers.fastAPI {
            try await add(
                "FastAPI",
                {
                    try await wrk.run(each.requests, at: peer.base, connections: connections, seconds: seconds)
                },
                of: ["process": peer.process.pid, "postgres": postgres]
            )
        }
        if let script = each.script {
            table.add(
                each.name,
                connections,
                "SQL alone",
                perSecond: try await pgbench.run(script, connections: connections, seconds: seconds)
            )
            if script == pgbench.create {
                try await pgbench.clean()
                table.add(
                    each.name,
                    connections,
                    "pgbench simple-update",
                    perSecond: try await pgbench.simpleUpdate(connections: connections, seconds: seconds)
                )
            }
        }
    }

    private func cases() async throws -> [Case] {
        let password = Credentials.administrator.password
        let orders = site.orders
        let deep = try await cursor(at: min(40_000, orders * 4 / 5))
        return [
            // What a request costs that does nothing: the floor of all others.
            Case(name: "/healthz", requests: Requests(path: #""/healthz""#)),
            Case(
                name: "one work order",
                requests: Requests(path: #""/api/v1/workorders/" .. id(0x7000, any(\#(orders)))"#),
                hasPeer: true,
                script: pgbench.oneOrder
            ),
            Case(
                name: "list of 25",
                requests: Requests(path: #""/api/v1/workorders?limit=25""#),
                hasPeer: true,
                script: pgbench.list
            ),
            Case(
                name: "filtered list of 25",
                requests: Requests(
                    path: #""/api/v1/workorders?limit=25&status=open&siteId=" .. id(0x7001, any(\#(LargeSeed.sites)))"#
                )
            ),
            Case(
                name: "list of 25 at depth 40,000",
                requests: Requests(path: #""/api/v1/workorders?limit=25&cursor=\#(deep)""#)
            ),
            Case(
                name: "hierarchy of 500",
                requests: Requests(path: #""/api/v1/assets/" .. id(0x7002, 1) .. "/hierarchy""#),
                daemon: "assets"
            ),
            Case(
                name: "create",
                requests: Requests(
                    method: "POST",
                    path: #""/api/v1/workorders""#,
                    body: """
                        '{"assetId":"' .. id(0x7002, any(\(LargeSeed.assets))) .. '","title":"Check string ' .. n .. '","type":"corrective","priority":"high"}'
                        """,
                    isKeyed: true
                ),
                script: pgbench.create
            ),
            Case(
                name: "transition",
                requests: Requests(
                    method: "POST",
                    // Every second one is open. A work order can be scheduled again and again.
                    path:
                        #""/api/v1/workorders/" .. id(0x7000, 2 * any(\#(orders / 2)) - 1) .. "/transitions/schedule""#,
                    body: """
                        '{"scheduledStart":"2027-01-01T08:00:00Z"}'
                        """,
                    isKeyed: true
                )
            ),
            Case(
                name: "login",
                requests: Requests(
                    method: "POST",
                    path: #""/api/v1/auth/login""#,
                    body: """
                        '{"email":"bench' .. any(\(APISite.users)) .. '@example.com","password":"\(password)"}'
                        """
                ),
                daemon: "auth",
                connections: [8]
            ),
        ]
    }

    /// The cursor of the page that begins after this many work orders.
    private func cursor(at depth: Int) async throws -> String {
        let api = API(base: base("work-orders"), token: site.token)
        var cursor = ""
        for _ in 0..<depth / 200 {
            let page = try await api.get("/api/v1/workorders?limit=200\(cursor.isEmpty ? "" : "&cursor=\(cursor)")")
            guard let next = page["nextCursor"] as? String else { throw Refusal("the list ends before depth \(depth)") }
            cursor = next
        }
        return cursor
    }

    // MARK: - The gateway

    func proxies() async throws {
        guard only.map("proxy".contains) ?? true, let nginx = peers.nginx, let gateway = peers.gateway else { return }
        let requests = Requests(path: #""/api/v1/workorders/" .. id(0x7000, any(1000))"#)
        let table = LoopTable()
        for round in 1...rounds {
            for connections in [8, 64] {
                say("  round \(round): proxies, \(connections) connections")
                for (name, base, pid) in [
                    ("nothing between", nginx.plain, nil), ("nginx, plain proxying", nginx.proxy, nil),
                    ("the gateway, token verified", gateway.base, gateway.process.pid),
                ] as [(String, String, Int32?)] {
                    let before = pid.map { ProcessUsage.of($0).cpu }
                    let result = try await wrk.run(requests, at: base, connections: connections, seconds: seconds)
                    var cpu: [String: Double] = [:]
                    if let pid, let before {
                        cpu["process"] =
                            (ProcessUsage.of(pid).cpu - before) / (.microseconds(1) * max(1, result.requests))
                    }
                    table.add("a kilobyte of JSON", connections, name, result, cpu)
                }
            }
        }
        say("\n### The gateway\n\n\(table.markdown)")
    }

    // MARK: - Growth

    /// The lists with ten times the rows.
    func growth(from small: Int, to large: Int) async throws {
        guard only.map("growth".contains) ?? true else { return }
        let table = LoopTable()
        func lists(_ orders: Int) async throws {
            for each in try await cases() where each.name.contains("list") {
                say("  \(orders) work orders: \(each.name)")
                let result = try await wrk.run(each.requests, at: base(each.daemon), connections: 8, seconds: seconds)
                table.add(each.name, 8, "of \(orders)", result, [:])
            }
        }
        try await lists(small)
        try await site.stack.step("\(large) work orders") {
            try await site.fillOrders((small + 1)...large)
        }
        try await lists(large)
        say("\n### Growth\n\n\(table.markdown)")
    }

    // MARK: - Places

    private func base(_ daemon: String) -> String { "http://127.0.0.1:\(site.stack.port(daemon))" }

    private func pid(_ name: String) -> Int32 {
        RunFile(name, in: site.stack.serverDirectory).runningPID ?? 0
    }
}
