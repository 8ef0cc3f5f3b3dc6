public import Foundation
public import LocalServers

/// Programs of others that tests talk to our daemons with.
public enum Peer: String, Sendable {
    case nginx = "/usr/sbin/nginx"
    case h2load = "/usr/bin/h2load"
    case slowhttptest = "/usr/bin/slowhttptest"

    /// Whether it is installed. If not, the run says which tests are skipped.
    public func isThere(for what: String) -> Bool {
        if FileManager.default.isExecutableFile(atPath: rawValue) { return true }
        print("SKIPPED: \(what): \(rawValue) is not installed; deploy/local/setup.sh does that")
        return false
    }
}

/// nginx as a proxy before a server, as an installation may have it: connections to the server are kept, and used for many clients in turn.
public struct NginxServer: Sendable {
    public let process: ServerProcess
    public let port: Int

    /// - Parameter upstream: The port that it forwards to.
    public static func start(before upstream: Int, in directory: URL) async throws -> NginxServer {
        let folder = directory.appending(path: "nginx-\(upstream)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let port = try Port.free()
        let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path \(folder.path)/\($0);" }
        let configuration = """
            daemon off;
            master_process off;
            pid \(folder.path)/nginx.pid;
            error_log stderr crit;
            events { worker_connections 512; }
            http {
                access_log off;
                \(paths.joined(separator: "\n    "))
                client_max_body_size 4m;
                map $http_upgrade $kind { default upgrade; "" ""; }
                upstream gateway { server 127.0.0.1:\(upstream); keepalive 4; }
                server {
                    listen 127.0.0.1:\(port);
                    location / {
                        proxy_pass http://gateway;
                        proxy_http_version 1.1;
                        proxy_set_header Host $host;
                        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                        proxy_set_header Upgrade $http_upgrade;
                        proxy_set_header Connection $kind;
                        proxy_buffering off;
                    }
                }
            }
            """
        let file = folder.appending(path: "nginx.conf")
        try Data(configuration.utf8).write(to: file)
        let process = try await ServerProcess.start(
            "nginx",
            [Peer.nginx.rawValue, "-p", folder.path, "-c", file.path],
            directory: folder,
            lifetime: .starter
        )
        try await process.ready { Port.answers(port) }
        return NginxServer(process: process, port: port)
    }
}
