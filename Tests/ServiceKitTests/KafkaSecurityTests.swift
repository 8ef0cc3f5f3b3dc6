import Testing

@testable import ServiceKit

@Suite struct KafkaSecurityTests {
    @Test func onlyTheProtocolsOwnSettingsAreRead() throws {
        let all = [
            "KAFKA_SASL_MECHANISM": "SCRAM-SHA-256", "KAFKA_SASL_USERNAME": "u", "KAFKA_SASL_PASSWORD": "p",
            "KAFKA_SSL_CA_LOCATION": "ca", "KAFKA_SSL_CERTIFICATE_LOCATION": "c", "KAFKA_SSL_KEY_LOCATION": "k",
        ]
        func properties(_ name: String?) throws -> [String: String] {
            let environment = Environment(name.map { all.merging(["KAFKA_SECURITY_PROTOCOL": $0]) { $1 } } ?? all)
            defer { #expect(environment.keys.count == 7) }  // --print-configuration shows all of them
            let properties = KafkaSecurity.properties(environment)
            try environment.check()
            return properties
        }
        let login = ["sasl.mechanism": "SCRAM-SHA-256", "sasl.username": "u", "sasl.password": "p"]
        let tls = ["ssl.ca.location": "ca", "ssl.certificate.location": "c", "ssl.key.location": "k"]
        #expect(try properties(nil) == [:])
        #expect(try properties("plaintext") == [:])
        #expect(try properties("ssl") == tls.merging(["security.protocol": "ssl"]) { $1 })
        #expect(try properties("sasl_plaintext") == login.merging(["security.protocol": "sasl_plaintext"]) { $1 })
        #expect(
            try properties("sasl_ssl")
                == login.merging(tls) { $1 }.merging(["security.protocol": "sasl_ssl"]) { $1 }
        )
    }

    @Test func missingSettingsAreNamedAtTheStart() {
        let environment = Environment([
            "KAFKA_SECURITY_PROTOCOL": "sasl_ssl", "KAFKA_SASL_USERNAME": "u", "KAFKA_SSL_CERTIFICATE_LOCATION": "c",
        ])
        _ = KafkaSecurity.properties(environment)
        #expect {
            try environment.check()
        } throws: { error in
            ["KAFKA_SASL_MECHANISM", "KAFKA_SASL_PASSWORD", "KAFKA_SSL_KEY_LOCATION"].allSatisfy("\(error)".contains)
                && !"\(error)".contains("KAFKA_SASL_USERNAME")
        }
        let unknown = Environment(["KAFKA_SECURITY_PROTOCOL": "tls"])
        _ = KafkaSecurity.properties(unknown)
        #expect(throws: ConfigurationError.self) { try unknown.check() }
    }
}
