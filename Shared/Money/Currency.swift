package import Commands
public import Postgres

/// A currency in use, by its code of ISO 4217.
public struct Currency: Hashable, Sendable, CustomStringConvertible {
    /// Three capital letters: `EUR`.
    public let code: String

    /// - Returns: `nil` for a code that ISO 4217 does not have for a currency that people pay with.
    public init?(_ code: String) {
        guard Self.codes.contains(code) else { return nil }
        self.code = code
    }

    private init(known code: String) {
        self.code = code
    }

    /// How many digits an amount in it has after the point (ISO 4217's "minor unit"): amounts are rounded to them.
    public var fraction: Int {
        if Self.withoutFraction.contains(code) { return 0 }
        return Self.inThousandths.contains(code) ? 3 : 2
    }

    public var description: String { code }

    private static let withoutFraction: Set = [
        "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF",
    ]
    private static let inThousandths: Set = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]

    /// Without funds, metals and test codes.
    private static let codes = Set(
        """
        AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP \
        CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF \
        IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD \
        MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB \
        RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD \
        UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
        """.split(separator: " ").map(String.init)
    )
}

extension Currency: Codable {
    public init(from decoder: any Decoder) throws {
        let code = try decoder.singleValueContainer().decode(String.self)
        guard let currency = Currency(code) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "is not a currency")
            )
        }
        self = currency
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(code)
    }
}

extension Currency: Shaped {
    package static func shaped() -> (shape: Shape, sample: Currency) { (.text(nil), Currency(known: "EUR")) }
}

extension Currency: PostgresEncodable, PostgresDecodable {
    public static var postgresType: UInt32 { String.postgresType }
    public func encode(into bytes: inout [UInt8]) { code.encode(into: &bytes) }
    public init(postgres bytes: UnsafeRawBufferPointer, type: UInt32) throws {
        // What was stored stays readable when a currency goes out of use.
        self.init(known: try String(postgres: bytes, type: type))
    }
}
