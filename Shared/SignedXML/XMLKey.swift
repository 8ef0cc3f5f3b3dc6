import CLibXML
import CXMLSec
import Foundation

/// A key that documents are signed with, as a certificate carries it (X.509, DER).
///
/// Of the certificate only the key counts: that it is the right one was decided by whoever has put it into the settings, not by an authority or a date.
public struct XMLKey: Hashable, Sendable {
    public let certificate: [UInt8]

    /// - Throws: ``Unfit`` for what is no certificate with an RSA key of 2048 bits or more, or an EC key of 256 bits or more.
    public init(certificate: [UInt8]) throws(Unfit) {
        var isRSA: Int32 = 0
        let bits = dcmms_xmlsec_key_bits(certificate, certificate.count, &isRSA)
        guard bits >= (isRSA != 0 ? 2048 : 256) else { throw Unfit() }
        self.certificate = certificate
    }

    /// A certificate whose key is not accepted.
    public struct Unfit: Error, Hashable, Sendable {
        public init() {}
    }

    /// What a signature covers; `nil` if it is not of this key, or not as it has to be.
    func octets(signedBy signature: xmlNodePtr) -> [UInt8]? {
        var (octets, count): (UnsafeMutablePointer<UInt8>?, Int) = (nil, 0)
        guard dcmms_xmlsec_verify(signature, certificate, certificate.count, &octets, &count) == 0, let octets else {
            return nil
        }
        defer { free(octets) }
        return Array(UnsafeBufferPointer(start: octets, count: count))
    }
}
