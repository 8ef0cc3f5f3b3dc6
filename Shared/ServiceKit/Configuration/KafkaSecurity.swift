/// How a daemon connects and authenticates to Kafka. The variables are named like librdkafka's properties.
enum KafkaSecurity {
    enum SecurityProtocol: String, CaseIterable {
        case plaintext, ssl
        case saslPlaintext = "sasl_plaintext"
        case saslSSL = "sasl_ssl"
    }

    /// librdkafka's properties. What the protocol needs must be set; what it does not use is left out.
    static func properties(_ environment: Environment) -> [String: String] {
        let meaning = "plaintext, ssl, sasl_plaintext or sasl_ssl"
        let name = ConfigurationKey("KAFKA_SECURITY_PROTOCOL", meaning, default: "plaintext")
        guard let security = environment.choice(name, as: SecurityProtocol.self) else { return [:] }
        var properties = security == .plaintext ? [:] : ["security.protocol": security.rawValue]
        func read(_ name: String, _ meaning: String, isUsed: Bool, isRequired: Bool, isSecret: Bool = false) {
            let key = ConfigurationKey(name, meaning, default: isUsed && isRequired ? nil : "", isSecret: isSecret)
            let value = environment.text(key)
            let property = name.dropFirst("KAFKA_".count).lowercased().replacing("_", with: ".")
            if isUsed, !value.isEmpty { properties[property] = value }
        }
        let login = security == .saslPlaintext || security == .saslSSL
        read("KAFKA_SASL_MECHANISM", "for example SCRAM-SHA-256", isUsed: login, isRequired: true)
        read("KAFKA_SASL_USERNAME", "who the daemon is to Kafka", isUsed: login, isRequired: true)
        read("KAFKA_SASL_PASSWORD", "its password", isUsed: login, isRequired: true, isSecret: true)
        let tls = security == .ssl || security == .saslSSL
        let ca = "the authority that signed Kafka's certificate (PEM); without it those of the system count"
        read("KAFKA_SSL_CA_LOCATION", ca, isUsed: tls, isRequired: false)
        // A certificate without its key is a mistake, and so is a key without a certificate.
        let certificate = environment.optionalText("KAFKA_SSL_CERTIFICATE_LOCATION", "the daemon's certificate (PEM)")
        let isShown = tls && certificate != nil
        if isShown { properties["ssl.certificate.location"] = certificate }
        read("KAFKA_SSL_KEY_LOCATION", "its private key (PEM)", isUsed: isShown, isRequired: true)
        return properties
    }
}
