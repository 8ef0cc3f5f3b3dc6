import Commands
import Foundation
import SignedXML

/// The metadata of providers, and ours (SAML Metadata, sections 2.3 and 2.4).
enum SAMLMetadata {
    /// Reads what an administrator has copied from their provider.
    ///
    /// It is not asked to be signed: the administrator is who says that it is right.
    ///
    /// - Throws: ``MetadataRefusal`` with what is wrong with it.
    static func read(_ text: String, isLocal: Bool) throws(MetadataRefusal) -> (issuer: String, SAMLSettings) {
        let root: XMLElement
        do throws(XMLFault) {
            root = try XMLElement(reading: Array(text.utf8))
        } catch {
            throw MetadataRefusal(.notMetadata(as: error.words))
        }
        guard root.name == "EntityDescriptor", root.namespace == SAMLNames.metadata, let issuer = root["entityID"],
            (1...1000).contains(issuer.utf8.count)
        else { throw MetadataRefusal(.oneProvider) }
        guard let provider = root.only("IDPSSODescriptor", in: SAMLNames.metadata),
            (provider["protocolSupportEnumeration"] ?? "").split(separator: " ").contains(
                Substring(SAMLNames.protocols)
            )
        else { throw MetadataRefusal(.noDescriptor) }
        let services = provider.all("SingleSignOnService", in: SAMLNames.metadata)
        guard let url = services.first(where: { $0["Binding"] == SAMLNames.redirect })?["Location"] else {
            throw MetadataRefusal(.noRedirect)
        }
        guard ProviderPage.isAllowed(url, isLocal: isLocal) else {
            throw MetadataRefusal(.noSecurePage)
        }
        return (issuer, SAMLSettings(loginUrl: url, certificates: try certificates(of: provider)))
    }

    private static func certificates(of provider: XMLElement) throws(MetadataRefusal) -> [String] {
        var certificates: [String] = []
        for key in provider.all("KeyDescriptor", in: SAMLNames.metadata) where [nil, "signing"].contains(key["use"]) {
            let info = key.only("KeyInfo", in: SAMLNames.signatures)
            for data in info?.all("X509Data", in: SAMLNames.signatures) ?? [] {
                for certificate in data.all("X509Certificate", in: SAMLNames.signatures) {
                    let text = String(certificate.text.filter { !$0.isWhitespace })
                    if !certificates.contains(text) { certificates.append(text) }
                }
            }
        }
        guard (1...SAMLSettings.mostCertificates).contains(certificates.count) else {
            throw MetadataRefusal(.certificates(SAMLSettings.mostCertificates))
        }
        guard certificates.allSatisfy({ (try? key($0)) != nil }) else {
            throw MetadataRefusal(.weakCertificate)
        }
        return certificates
    }

    /// The key of a certificate in base64.
    static func key(_ certificate: String) throws -> XMLKey {
        guard let bytes = Data(base64Encoded: certificate) else { throw XMLKey.Unfit() }
        return try XMLKey(certificate: Array(bytes))
    }

    /// Ours, for a provider's administrator.
    static func own(entity: String, consumer: String) -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <md:EntityDescriptor xmlns:md="\(SAMLNames.metadata)" entityID="\(entity.escapedForXML)">
          <md:SPSSODescriptor AuthnRequestsSigned="false" WantAssertionsSigned="true" protocolSupportEnumeration="\(SAMLNames.protocols)">
            <md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</md:NameIDFormat>
            <md:AssertionConsumerService Binding="\(SAMLNames.post)" Location="\(consumer.escapedForXML)" index="0" isDefault="true"/>
          </md:SPSSODescriptor>
        </md:EntityDescriptor>

        """
    }
}

extension String {
    /// The text as XML shows it, between tags or in a quoted attribute.
    var escapedForXML: String {
        replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&apos;")
    }
}

/// Why a provider's metadata are not taken.
struct MetadataRefusal: Error, Hashable, Sendable {
    var rule: FieldRule

    init(_ rule: FieldRule) {
        self.rule = rule
    }
}

extension FieldRule {
    fileprivate static func notMetadata(as fault: String) -> FieldRule {
        FieldRule(code: "metadata_no_xml", "must be the metadata of a provider as XML: \(fault)", ["fault": fault])
    }

    fileprivate static let oneProvider = FieldRule(
        code: "metadata_no_provider",
        "must be the metadata of one provider (EntityDescriptor with an entityID)"
    )
    fileprivate static let noDescriptor = FieldRule(
        code: "metadata_no_descriptor",
        "must have one IDPSSODescriptor for SAML 2.0"
    )
    fileprivate static let noRedirect = FieldRule(
        code: "metadata_no_redirect",
        "must have a SingleSignOnService with the binding HTTP-Redirect"
    )
    fileprivate static let noSecurePage = FieldRule(
        code: "metadata_insecure_page",
        "must lead to a page that begins with https:// (SingleSignOnService)"
    )
    fileprivate static let weakCertificate = FieldRule(
        code: "metadata_weak_certificate",
        "must have only certificates with RSA keys of 2048 bits or EC keys of 256 bits, or more"
    )

    fileprivate static func certificates(_ most: Int) -> FieldRule {
        FieldRule(
            code: "metadata_certificates",
            "must have 1 to \(most) certificates for signatures",
            ["maximum": "\(most)"]
        )
    }
}
