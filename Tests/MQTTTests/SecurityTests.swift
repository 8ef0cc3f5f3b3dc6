import Foundation
import LocalServers
import MQTT
import TestSupport
import Testing

/// TLS with client certificates, and the broker's access rules.
@Suite struct SecurityTests {
    private let directory = TestServers.directory.appending(path: "mqtts-\(UUID())")

    @Test func aSiteIsIdentifiedByItsCertificateAndUsesOnlyItsOwnTopics() async throws {
        let authority = try await CertificateAuthority(in: directory.appending(path: "ca"))
        let server = try await MosquittoServer.start(in: directory, authority: authority)
        let ingest = try await MQTTClient.connected(
            quick(server, tls: files(MosquittoServer.ingest, of: authority), acknowledgement: .byCaller()),
            "$share/ingest/telemetry/#"
        )
        let site = try await MQTTClient.connected(quick(server, tls: files("LHB", of: authority)), "telemetry-ack/LHB")
        let sent = numbered(2000, to: "telemetry/LHB")
        try await site.publish(sent)
        #expect(try await ingest.messages(2000) == sent)
        await #expect(throws: MQTTError.refused(topic: "telemetry/NREL", reason: "Not authorized")) {
            try await site.publish([1], to: "telemetry/NREL")
        }
        #expect(site.counters.refused == 1)
        let confirming = try await MQTTClient.connected(
            quick(server, tls: files(MosquittoServer.ingest, of: authority))
        )
        try await confirming.publish([42], to: "telemetry-ack/LHB")
        #expect(try await site.messages(1).first?.payload == [42])
        for client in [ingest, site, confirming] { client.close() }
        await server.process.stop()
    }

    /// The name in the daemon's certificate is not a valid site code, so a site called like the daemon gets only a site's rights.
    @Test func aSiteNamedLikeTheDaemonHasOnlyASitesRights() async throws {
        let authority = try await CertificateAuthority(in: directory.appending(path: "ca"))
        let server = try await MosquittoServer.start(in: directory, authority: authority)
        #expect(MosquittoServer.ingest.contains("."))
        let site = try await MQTTClient.connected(quick(server, tls: files("telemetry-ingest", of: authority)))
        await #expect(throws: MQTTError.refused(topic: "telemetry-ack/LHB", reason: "Not authorized")) {
            try await site.publish([1], to: "telemetry-ack/LHB")
        }
        try await site.publish([1], to: "telemetry/telemetry-ingest")
        site.close()
        await server.process.stop()
    }

    @Test func aCertificateOfAnotherAuthorityIsRefused() async throws {
        let authority = try await CertificateAuthority(in: directory.appending(path: "ca"))
        let stranger = try await CertificateAuthority(in: directory.appending(path: "stranger"))
        let server = try await MosquittoServer.start(in: directory, authority: authority)
        var tls = try await files("LHB", of: stranger)
        // The broker does not trust the client.
        tls.authority = authority.certificate.path
        try await expectTrouble(quick(server, tls: tls), "unknown ca", "may not accept")
        // The client does not trust the broker.
        tls = try await files("LHB", of: authority)
        tls.authority = stranger.certificate.path
        try await expectTrouble(quick(server, tls: tls), "certificate verify failed")
        await server.process.stop()
    }

    @Test func clientsWithoutACertificateAreRefused() async throws {
        let authority = try await CertificateAuthority(in: directory.appending(path: "ca"))
        let server = try await MosquittoServer.start(in: directory, authority: authority)
        try await expectTrouble(
            quick(server, tls: .init(authority: authority.certificate.path)),
            "certificate required",
            "may not accept"
        )
        try await expectTrouble(quick(server), "lost", "rotocol error")
        await server.process.stop()
    }

    @Test func aMissingFileIsReportedAtOnce() async throws {
        let server = try await TestServers.mosquitto()
        let tls = MQTTSettings.TLS(authority: "/nowhere/ca.crt", certificate: "/nowhere/c.crt", key: "/nowhere/c.key")
        #expect(throws: MQTTError.self) { try MQTTClient(quick(server, tls: tls), subscriptions: [], logger: quiet) }
    }

    private func files(_ name: String, of authority: CertificateAuthority) async throws -> MQTTSettings.TLS {
        let issued = try await authority.issue(name)
        return MQTTSettings.TLS(
            authority: authority.certificate.path,
            certificate: issued.certificate.path,
            key: issued.key.path
        )
    }

    private func expectTrouble(_ settings: MQTTSettings, _ reasons: String...) async throws {
        let client = try MQTTClient(settings, subscriptions: [], logger: quiet)
        let trouble = try await eventually("the refusal") { client.trouble }
        #expect(reasons.contains { trouble.contains($0) }, "\(trouble)")
        #expect(client.counters.connections == 0)
        client.close()
    }
}
