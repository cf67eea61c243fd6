"""Reading films: from bytes, files and archives to a Radiograph."""
