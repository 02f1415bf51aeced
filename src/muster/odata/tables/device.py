"""The device's table."""

TABLE = """
id                                     String         default  D---  | eq in
deletedDateTime                        DateTimeOffset default  ----  |
accountEnabled                         Boolean        default  D---  | eq ne not in
alternativeSecurityIds  Collection(alternativeSecurityId)  default  ----  | eq not ge le
alternativeSecurityIds/identityProvider  String       -        AA--
alternativeSecurityIds/type            Int32          -        D---
approximateLastSignInDateTime          DateTimeOffset default  --DA  | eq ne not ge le null
complianceExpirationDateTime           DateTimeOffset default  ----  |
deviceCategory                         String         default  AA-A  |
deviceId                               String         default  D---  | eq ne not startsWith
deviceMetadata                         String         default  ----  |
deviceOwnership                        String         default  A--A  |
deviceVersion                          Int32          default  ----  |
displayName String default DD-A | eq ne not ge le in startsWith null
enrollmentProfileName                  String         default  AA-A  |
enrollmentType                         String         default  ----  |
isCompliant                            Boolean        default  D---  | eq ne not
isManaged                              Boolean        default  D---  | eq ne not
isManagementRestricted                 Boolean        select   ----  |
isRooted                               Boolean        default  A--A  |
managementType                         String         default  A--A  |
manufacturer                           String         default  AA-A  |
mdmAppId                               String         default  D--A  | eq ne not startsWith
model                                  String         default  AA-A  |
onPremisesLastSyncDateTime             DateTimeOffset default  --D-  | eq ne not ge le in
onPremisesSecurityIdentifier           String         select   D--A  | eq
onPremisesSyncEnabled                  Boolean        default  D--A  | eq ne not in null
operatingSystem String default DD-A | eq ne not ge le startsWith null
operatingSystemVersion String default DD-A | eq ne not ge le startsWith null
physicalIds            Collection(String)  default  D---  count0  | eq not ge le startsWith count
profileType                            String         default  D---  |
registrationDateTime                   DateTimeOffset default  --AA  |
systemLabels           Collection(String)  default  ----  count0  | count
trustType                              String         default  D---  | eq ne not in
alternativeNames       Collection(String)  select   ----  undeclared
createdDateTime                        DateTimeOffset select   ----  undeclared
domainName                             String         select   ----  undeclared
extensionAttributes    onPremisesExtensionAttributes  select   ----  undeclared
extensionAttributes/#                  String         -        AA-A
hostnames              Collection(String)  select   DD--  undeclared
"""
