public import Foundation

/// A private SMTP server (Debian's aiosmtpd) that keeps what it receives in a Maildir.
public struct MailServer: Sendable {
    public let process: ServerProcess
    public let port: Int
    private let folder: URL

    /// Starts the server; its mails go to `directory/mail`.
    ///
    /// - Throws: ``LocalServerError`` when aiosmtpd is missing, the port is taken or the server does not come up.
    public static func start(
        in directory: URL,
        port: Int? = nil,
        lifetime: ServerProcess.Lifetime = .starter
    ) async throws -> MailServer {
        let port = try port ?? Port.free()
        try Port.require(port, for: "smtp")
        guard FileManager.default.fileExists(atPath: "/usr/lib/python3/dist-packages/aiosmtpd") else {
            throw LocalServerError("aiosmtpd is not installed: apt-get install python3-aiosmtpd")
        }
        let folder = directory.appending(path: "mail")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let process = try await ServerProcess.start(
            "smtp",
            // Debian's own Python: the package is not in any other.
            ["/usr/bin/python3", "-m", "aiosmtpd", "-n", "-l", "127.0.0.1:\(port)", "-c", "aiosmtpd.handlers.Mailbox"]
                + [folder.path],
            directory: directory,
            lifetime: lifetime
        )
        try await process.ready { Port.answers(port) }
        return MailServer(process: process, port: port, folder: folder)
    }

    /// The mails in a server's folder, oldest first, as they came (RFC 5322).
    public static func mails(in directory: URL) throws -> [String] {
        let new = directory.appending(path: "mail/new")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: new.path)) ?? []
        return try names.sorted().map { try String(contentsOf: new.appending(path: $0), encoding: .utf8) }
    }

    /// The mails received so far, oldest first.
    public func mails() throws -> [String] {
        try Self.mails(in: folder.deletingLastPathComponent())
    }
}
