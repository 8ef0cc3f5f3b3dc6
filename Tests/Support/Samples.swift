public import Foundation
public import Identifiers

extension Date {
    /// 2026-06-01T12:00:00Z.
    public static let noon = Date(timeIntervalSince1970: 1_780_315_200)
}

extension Identifier {
    /// A readable, fixed identifier for tests.
    public static func sample(_ number: UInt8) -> Identifier {
        Identifier(UUID(uuid: (0, 0, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, number)))
    }
}

extension UserID {
    public static let anna = UserID.sample(1)
    public static let bo = UserID.sample(2)
}

extension TenantID {
    public static let sunfield = TenantID.sample(10)
    public static let windward = TenantID.sample(11)
}
