import Commands

/// What a provider says about itself (OpenID Connect Discovery, section 3).
struct ProviderDocument: Sendable {
    var authorization: String
    var token: String
    var keys: String
    var endSession: String?
    /// How clients prove themselves at ``token``.
    var authentication: [String]
    /// Whether it names itself in its redirects (RFC 9207).
    var namesItself: Bool
    /// Whether it says that it knows PKCE with SHA-256. Many know it and do not say it, so it is always sent.
    var knowsProofKeys: Bool

    /// Where it is.
    static func url(of issuer: String) -> String {
        (issuer.hasSuffix("/") ? issuer : issuer + "/") + ".well-known/openid-configuration"
    }

    /// - Throws: ``ProviderRefusal`` for a document of another issuer, or one that leads where our servers must not go.
    init(_ json: JSONValue, of issuer: String, isLocal: Bool) throws(ProviderRefusal) {
        guard json["issuer"]?.text == issuer else {
            throw ProviderRefusal("the discovery document is of another issuer")
        }
        func address(_ name: String) throws(ProviderRefusal) -> String? {
            guard let url = json[name]?.text else { return nil }
            guard ProviderURL.isAllowed(url, isLocal: isLocal) else {
                throw ProviderRefusal("\(name) is not an address that we call")
            }
            return url
        }
        guard let authorization = try address("authorization_endpoint"), let token = try address("token_endpoint"),
            let keys = try address("jwks_uri")
        else { throw ProviderRefusal("the discovery document lacks an address") }
        self.authorization = authorization
        self.token = token
        self.keys = keys
        endSession = try address("end_session_endpoint")
        // The default of the standard.
        authentication =
            json["token_endpoint_auth_methods_supported"]?.elements?.compactMap(\.text) ?? ["client_secret_basic"]
        namesItself = json["authorization_response_iss_parameter_supported"] == true
        knowsProofKeys = json["code_challenge_methods_supported"]?.elements?.contains("S256") ?? false
    }
}
