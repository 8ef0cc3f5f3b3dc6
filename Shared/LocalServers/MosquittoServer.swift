public import Foundation

/// A private Mosquitto.
public struct MosquittoServer: Sendable {
    public let process: ServerProcess
    public let port: Int
    private let isSecure: Bool

    /// The common name of telemetry-ingest's certificate. No site's code has a dot in it: no site can have this name.
    public static let ingest = "telemetry-ingest.daemon"

    public var url: String { "\(isSecure ? "mqtts" : "mqtt")://127.0.0.1:\(port)" }

    /// Starts Mosquitto.
    ///
    /// - Parameter authority: With one, clients must show a certificate of it, and its common name is their user name: a site
    ///   may then publish its own telemetry only, and ``ingest`` may read all of it and confirm it. Without one, anybody on
    ///   this machine may do anything: for tests of other things.
    public static func start(
        in directory: URL,
        port: Int? = nil,
        authority: CertificateAuthority? = nil,
        lifetime: ServerProcess.Lifetime = .starter
    ) async throws -> MosquittoServer {
        let port = try port ?? Port.free()
        try Port.require(port, for: "mosquitto")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        var lines = [
            "listener \(port) 127.0.0.1",
            // Nothing may be dropped: the agents' own window bounds what is in flight.
            "max_inflight_messages 0", "max_queued_messages 0", "persistence false", "log_dest stdout",
            "log_type error", "log_type warning",
            // Twice what telemetry-ingest accepts, so that ingest itself refuses a batch, and answers the site.
            "message_size_limit 1000000",
        ]
        // Started by root it would become the user mosquitto, who can't read the keys.
        if getuid() == 0 { lines.append("user root") }
        if let authority {
            let server = try await authority.issue("localhost")
            let rules = directory.appending(path: "mosquitto.acl")
            try accessRules.write(to: rules, atomically: true, encoding: .utf8)
            lines += [
                "cafile \(authority.certificate.path)", "certfile \(server.certificate.path)",
                "keyfile \(server.key.path)", "require_certificate true", "use_identity_as_username true",
                "acl_file \(rules.path)", "allow_anonymous false",
            ]
        } else {
            lines.append("allow_anonymous true")
        }
        let configuration = directory.appending(path: "mosquitto.conf")
        try (lines.joined(separator: "\n") + "\n").write(to: configuration, atomically: true, encoding: .utf8)
        let process = try await ServerProcess.start(
            "mosquitto",
            ["mosquitto", "-c", configuration.path],
            directory: directory,
            lifetime: lifetime
        )
        try await process.ready { Port.answers(port) }
        return MosquittoServer(process: process, port: port, isSecure: authority != nil)
    }

    /// A site speaks for itself only: its certificate's common name is its code.
    private static let accessRules = """
        user \(ingest)
        topic read telemetry/#
        topic write telemetry-ack/#

        pattern write telemetry/%u
        pattern write telemetry/%u/#
        pattern read telemetry-ack/%u

        """
}
