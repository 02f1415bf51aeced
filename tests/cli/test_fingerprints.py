GOOD = """<fingerprints matches="x.y"><fingerprint pattern="^a$"><description>A</description>
<example os.product="{}">a</example><param pos="0" name="os.product" value="A"/></fingerprint></fingerprints>"""
