import Foundation
import Postgres
import Testing

@testable import LocalServers

/// The servers as the local stack runs them.
struct ServerTests {
    @Test func postgresWithAPasswordRefusesAWrongOne() async throws {
        let directory = try scratch()
        let server = try await PostgresServer.start(in: directory, password: "only-for-this-test")
        let owner = Database(url: server.url(database: "postgres"), maximumConnections: 1)
        let one: Int = try #require(try await owner.first("SELECT 1 AS one"))["one"]
        #expect(one == 1)
        await owner.close()

        let stranger = Database(url: "postgres://dcmms:guess@127.0.0.1:\(server.port)/postgres", maximumConnections: 1)
        await #expect(throws: PostgresError.self) { try await stranger.first("SELECT 1") }
        await stranger.close()
        await server.process.stop()
        #expect(!FileManager.default.fileExists(atPath: directory.appending(path: "postgres.password").path))
    }

    @Test func postgresStartsAgainAfterAKillEvenIfItsOldIDIsReused() async throws {
        let directory = try scratch()
        let first = try await PostgresServer.start(in: directory)
        await first.process.kill()
        // As after a restart of the machine: the process id in PostgreSQL's own file now belongs to this test.
        let file = directory.appending(path: "postgres/postmaster.pid")
        var lines = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
        lines[0] = "\(getpid())"
        try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
        let second = try await PostgresServer.start(in: directory)
        await second.process.stop()
    }

    @Test func receivedMailsAreReadBack() async throws {
        let directory = try scratch()
        let server = try await MailServer.start(in: directory)
        let mail = directory.appending(path: "mail.txt")
        try "Subject: Inverter too hot\r\n\r\nWO-2026-000001\r\n".write(to: mail, atomically: true, encoding: .utf8)
        try await Tool.run([
            "curl", "--silent", "--show-error", "--url", "smtp://127.0.0.1:\(server.port)", "--mail-from",
            "dcmms@example.org", "--mail-rcpt", "sam@example.org", "--upload-file", mail.path,
        ])
        let received = try server.mails()
        #expect(received.count == 1)
        #expect(received.first?.contains("Subject: Inverter too hot") == true)
        await server.process.stop()
    }

    @Test func certificatesAreIssuedOnceAndAreValid() async throws {
        let directory = try scratch()
        let authority = try await CertificateAuthority(in: directory)
        let (certificate, key) = try await authority.issue("NREL-RSF2")
        let verdict = try await Tool.run([
            "openssl", "verify", "-CAfile", authority.certificate.path, certificate.path,
        ])
        #expect(verdict.contains(": OK"))
        let subject = try await Tool.run(["openssl", "x509", "-in", certificate.path, "-noout", "-subject"])
        #expect(subject.contains("NREL-RSF2"))
        let mode = try FileManager.default.attributesOfItem(atPath: key.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)

        let before = try Data(contentsOf: certificate)
        let again = try await CertificateAuthority(in: directory).issue("NREL-RSF2")
        #expect(try Data(contentsOf: again.certificate) == before)
    }
}
