import Foundation
import HTTPTypes
import LocalServers
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Auth

/// A provider that is none of ours reads our metadata and our request, and its answer is read here.
@Suite struct SAMLOracleTests {
    @Test func lassoAndWeUnderstandEachOther() async throws {
        guard (try? await Tool.run([Self.python, "-c", "import lasso"])) != nil else {
            print("SKIPPED: the login at lasso needs python3-lasso; deploy/local/setup.sh installs it")
            return
        }
        try await withSAML { (both) async throws in
            let folder = FileManager.default.temporaryDirectory.appending(path: "saml-\(UUID())")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            func file(_ name: String, _ text: String) throws -> String {
                let file = folder.appending(path: name)
                try Data(text.utf8).write(to: file)
                return file.path
            }
            let metadata = try await both.browser.client.send(
                .get,
                "/auth/providers/\(both.company.tenant)/saml/metadata"
            )
            let certificate = Data(both.provider.signer.certificate).base64EncodedString(
                options: [.lineLength64Characters, .endLineWithLineFeed]
            )
            let files = [
                try file("ours.xml", metadata.text), try file("own.xml", both.provider.metadata()),
                try file("key.pem", both.provider.signer.privateKey),
                try file("c.pem", "-----BEGIN CERTIFICATE-----\n\(certificate)\n-----END CERTIFICATE-----\n"),
            ]
            for (digest, isAccepted) in [("SHA256", true), ("SHA512", true), ("SHA1", false)] {
                let there = try await both.browser.authorize(["tenant": "T"])
                let url = try #require(there.headers[.location])
                let script = [Self.python, Python.path("Tests/Oracles/saml_provider.py"), files[0], url]
                let lines = try await Tool.run(script + files.dropFirst() + [digest]).split(separator: "\n")
                var headers = HTTPFields()
                headers[.cookie] = CompanyWithProvider.cookie(there)
                let form = FormText.encoded([("SAMLResponse", String(lines[0])), ("RelayState", String(lines[1]))])
                let path = "/auth/providers/\(both.company.tenant)/saml"
                let arrived = try await both.browser.client.send(.post, path, text: form, headers: headers)
                let reasons = try await both.reasons()
                #expect(arrived.status == (isAccepted ? .seeOther : .unauthorized), "\(digest): \(reasons)")
            }
            #expect(
                try await both.company.database.owner.count("SELECT count(*) FROM users WHERE idp_user_id IS NOT NULL")
                    == 1
            )
        }
    }

    /// The system's own, which the package is for.
    private static let python = "/usr/bin/python3"
}
