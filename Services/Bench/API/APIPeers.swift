import Foundation
import LocalFleet
import LocalServers

/// What is measured beside the daemons: FastAPI with the same two reads, nginx as a plain proxy, and a second gateway that proxies to
/// the same place.
struct APIPeers: Sendable {
    let folder: URL
    /// `nil` where its Python packages are not installed.
    let fastAPI: (base: String, process: ServerProcess)?
    /// An nginx that answers each request with the same kilobyte of JSON, and one that proxies to it; `nil` where it is not installed.
    let nginx: (plain: String, proxy: String, process: ServerProcess)?
    /// A gateway whose services are that nginx.
    let gateway: (base: String, process: ServerProcess)?

    static func start(_ site: APISite) async throws -> APIPeers {
        let folder = site.stack.directory.appending(path: "peers")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let fastAPI = try await startFastAPI(site, folder)
        let nginx = try await startNginx(folder)
        let gateway = try await startGateway(site.stack, nginx?.plain, folder)
        return APIPeers(folder: folder, fastAPI: fastAPI, nginx: nginx, gateway: gateway)
    }

    func stop() async {
        await fastAPI?.process.stop()
        await gateway?.process.stop()
        await nginx?.process.stop()
    }

    private static func startFastAPI(_ site: APISite, _ folder: URL) async throws -> (
        base: String, process: ServerProcess
    )? {
        let python = FileManager.default.currentDirectoryPath + "/.local/venv-bench/bin/python"
        guard FileManager.default.isExecutableFile(atPath: python) else {
            say("  FastAPI is not installed: `make bench ONLY=api` does that")
            return nil
        }
        let port = try Port.free()
        let process = try await ServerProcess.start(
            "fastapi",
            [
                python, "-m", "uvicorn", "fastapi_peer:app", "--app-dir", "Services/Bench/API/Peer", "--host",
                "127.0.0.1",
                "--port", "\(port)", "--workers", "2", "--no-access-log", "--log-level", "warning", "--loop", "uvloop",
                "--http", "httptools",
            ],
            environment: [
                "DATABASE_URL": try site.stack.databaseURL("work_orders", role: "work_orders"),
                "JWKS_URL": "\(site.stack.gateway)/.well-known/jwks.json", "PYTHONDONTWRITEBYTECODE": "1",
            ],
            directory: folder,
            lifetime: .starter
        )
        try await process.ready { Port.answers(port) }
        return ("http://127.0.0.1:\(port)", process)
    }

    private static func startNginx(
        _ folder: URL
    ) async throws -> (plain: String, proxy: String, process: ServerProcess)? {
        guard FileManager.default.isExecutableFile(atPath: "/usr/sbin/nginx") else {
            say("  nginx is not installed: `make bench ONLY=api` does that")
            return nil
        }
        let (plain, proxy) = (try Port.free(), try Port.free())
        let answer = #"{"text":""# + String(repeating: "x", count: 1000) + #""}"#
        let configuration = """
            daemon off;
            master_process on;
            worker_processes 2;
            pid \(folder.path)/nginx.pid;
            error_log stderr error;
            events { worker_connections 1024; }
            http {
                access_log off;
                client_body_temp_path \(folder.path)/body;
                proxy_temp_path \(folder.path)/proxy;
                fastcgi_temp_path \(folder.path)/fastcgi;
                uwsgi_temp_path \(folder.path)/uwsgi;
                scgi_temp_path \(folder.path)/scgi;
                keepalive_requests 100000000;
                upstream plain { server 127.0.0.1:\(plain); keepalive 64; keepalive_requests 100000000; }
                server {
                    listen 127.0.0.1:\(plain);
                    location / { default_type application/json; return 200 '\(answer)'; }
                }
                server {
                    listen 127.0.0.1:\(proxy);
                    location / {
                        proxy_pass http://plain;
                        proxy_http_version 1.1;
                        proxy_set_header Connection "";
                    }
                }
            }
            """
        let file = folder.appending(path: "nginx.conf")
        try Data(configuration.utf8).write(to: file)
        let process = try await ServerProcess.start(
            "nginx",
            ["/usr/sbin/nginx", "-p", folder.path, "-c", file.path],
            directory: folder,
            lifetime: .starter
        )
        try await process.ready { Port.answers(plain) }
        return ("http://127.0.0.1:\(plain)", "http://127.0.0.1:\(proxy)", process)
    }

    private static func startGateway(
        _ stack: Stack,
        _ upstream: String?,
        _ folder: URL
    ) async throws -> (base: String, process: ServerProcess)? {
        guard let upstream, let spec = DaemonSpec.all.first(where: { $0.name == "gateway" }) else { return nil }
        var environment = try spec.environment(in: stack)
        for name in environment.keys where name.hasPrefix("GATEWAY_") && name.hasSuffix("_URL") {
            environment[name] = upstream
        }
        // The limit itself is checked for each request; no client of the benchmark meets it.
        environment["GATEWAY_REQUESTS_PER_MINUTE"] = "1000000"
        let port = try Port.free()
        let server = try await DaemonServer.start(
            "gateway",
            port: port,
            environment: environment,
            in: folder,
            lifetime: .starter
        )
        try await DaemonServer.untilReady("gateway", port: port, in: folder)
        return ("http://127.0.0.1:\(port)", server.process)
    }
}
